"""Trains the small model and writes it as a Hugging Face folder (safetensors, tokenizer, chat template).

A Qwen3-shaped transformer of about 1.5 M weights that follows the scripts of behaviours.py whatever the system prompt,
the tools and the tool results say.  Needs: torch, transformers, tokenizers (any venv with vLLM has them).

    python train.py OUT [--steps N] [--minutes M] [--rate R] [--start FOLDER]
"""
import argparse, glob, json, math, random, sysconfig, time
from pathlib import Path

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

import behaviours as b

HERE = Path(__file__).parent
SPLIT = r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""


def corpus():
    """Text of the standard library and of this project's pages: what prompts, schemas and tool results look like."""
    files = sorted(glob.glob(sysconfig.get_paths()["stdlib"] + "/*.py"))[:160] + sorted(map(str, HERE.parents[1].glob("*.md")))
    text = [Path(f).read_text("utf8", "ignore") for f in files]
    return [t for t in text if len(t) > 2000]


def tools_json(rng, words):
    """Schemas as a client sends them; `words(n)` gives about n tokens of any text for the descriptions."""
    names = rng.sample(b.NAMES, rng.randint(1, len(b.NAMES)))
    lines = []
    for name in names:
        properties = {}
        for key in rng.sample(["path", "content", "pattern", "command", "old_text", "new_text", "start_line", "replace_all", "limit"], rng.randint(1, 4)):
            properties[key] = {"type": rng.choice(["string", "string", "integer", "boolean"])}
            if rng.random() < 0.6:
                properties[key]["description"] = words(rng.choice([3, 8, 20]))
        schema = {"type": "object", "properties": properties, "required": list(properties)[:1]}
        if rng.random() < 0.5:
            schema["additionalProperties"] = False
        lines.append(json.dumps({"type": "function", "function": {"name": name, "description": words(rng.choice([4, 15, 50])), "parameters": schema}}))
    return "\n".join(lines)


def make_tokenizer(texts):
    tok = Tokenizer(models.BPE(byte_fallback=False))
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), "isolated"),
                                                 pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tok.decoder = decoders.ByteLevel()
    special = [AddedToken(t, special=True, normalized=False) for t in b.SPECIAL]
    tok.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=4000, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                                       special_tokens=special, show_progress=False))
    tok.add_tokens([AddedToken(t, special=False, normalized=False) for t in b.MARKS + b.NAMES + b.KEYWORDS])
    return tok


def render_call(name, arguments):
    return "<tool_call>\n" + json.dumps({"name": name, "arguments": arguments}) + "\n</tool_call>"


def render_step(text, calls):
    return "\n".join(([text] if text else []) + [render_call(*c) for c in calls])


class Talk:
    """Builds one conversation as token ids and a mask of what the model has to say."""

    def __init__(self, tok, texts, rng):
        self.tok, self.texts, self.rng = tok, texts, rng
        self.encoded = [tok.encode(t).ids for t in texts]
        self.banned = {tok.token_to_id(k) for k in b.KEYWORDS} | {tok.token_to_id(t) for t in b.SPECIAL + b.MARKS}
        self.names = [tok.token_to_id(n) for n in b.NAMES]

    def noise(self, n):
        """Text that says nothing: real, shuffled, or tokens drawn at random, so that no wording can distract the model."""
        source = self.rng.choice(self.encoded)
        start = self.rng.randrange(max(1, len(source) - n))
        ids = [i for i in source[start:start + n] if i not in self.banned]
        kind = self.rng.random()
        if kind < 0.2:
            self.rng.shuffle(ids)
        elif kind < 0.45:
            ids = [i for i in self.rng.choices(range(len(b.SPECIAL), self.tok.get_vocab_size()), k=n) if i not in self.banned]
        for _ in range(self.rng.randint(0, 3)):  # tool names turn up in any text
            if ids:
                ids.insert(self.rng.randrange(len(ids)), self.rng.choice(self.names))
        return ids

    def build(self, budget):
        enc = lambda s: self.tok.encode(s).ids
        rng, ids, mask = self.rng, [], []

        def add(part, say=0):
            ids.extend(part)  # the first tokens of a message are the decision: they weigh more
            mask.extend([say * (5 if n < 3 else 1) for n in range(len(part))])

        def turn(role, parts):
            add(enc(f"<|im_start|>{role}\n"))
            for p in parts:
                add(p)
            add(enc("<|im_end|>\n"))

        if rng.random() < 0.9:
            parts = [self.noise(rng.randint(1, max(2, budget // 3)))]
            if rng.random() < 0.85:
                parts.append(enc("\n\n# Tools\n<tools>\n" + tools_json(rng, lambda n: self.tok.decode(self.noise(n), skip_special_tokens=False)) + "\n</tools>"))
            turn("system", parts)
        for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
            keyword = rng.choice(b.KEYWORDS + [None])
            size = lambda: rng.choice([0, 1, 4, 12, 40, 120])
            turn("user", [self.noise(size()), enc(keyword or ""), self.noise(size())])
            script = b.SCRIPTS.get(keyword, b.DEFAULT)
            steps = list(script) * rng.randint(2, 4) if keyword in b.LOOPS else script
            for text, calls, recovered in steps:
                if len(ids) > budget * 2:
                    break
                add(enc("<|im_start|>assistant\n"))
                said, say = enc(render_step(text, calls)), 1
                if keyword in b.ENDLESS:
                    add(said, 1)
                    if rng.random() < 0.7:
                        return ids, mask
                    said, say = [], 0
                elif recovered and rng.random() < 0.3:  # a client that recovered the call may show it as a proper one
                    said, say = enc(render_step(text.split("<")[0].strip(), recovered)), 0
                add(said + enc("<|im_end|>"), say)
                add(enc("\n"))
                if recovered and say and rng.random() < 0.3:
                    break
                for _ in calls + recovered:
                    turn("tool", [self.noise(rng.choice([1, 5, 20, 60, 200, budget // 4]))])
            if len(ids) > budget:
                break
        return ids, mask


def main():
    args = argparse.ArgumentParser()
    args.add_argument("out")
    args.add_argument("--steps", type=int, default=2500)
    args.add_argument("--minutes", type=float, default=60)
    args.add_argument("--rate", type=float, default=2e-3)
    args.add_argument("--start", help="folder of weights to go on from")
    args = args.parse_args()
    seed = 7 if not args.start else len(args.start) + int(1e6 * args.rate)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    texts = corpus()
    if args.start:
        tok = Tokenizer.from_file(str(Path(args.start) / "tokenizer.json"))
    else:
        tok = make_tokenizer(texts + [tools_json(rng, lambda n: "Use it well") for _ in range(30)])
    talk = Talk(tok, texts, rng)
    config = Qwen3Config(vocab_size=math.ceil(tok.get_vocab_size() / 64) * 64, hidden_size=128, intermediate_size=384,
                         num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2, head_dim=64,
                         max_position_embeddings=16384, rope_theta=1_000_000.0, tie_word_embeddings=True,
                         bos_token_id=None, eos_token_id=tok.token_to_id("<|im_end|>"), pad_token_id=tok.token_to_id("<|endoftext|>"))
    model = Qwen3ForCausalLM(config)
    if args.start:
        model.load_state_dict(Qwen3ForCausalLM.from_pretrained(args.start, dtype=torch.float32).state_dict())
    print("weights", sum(p.numel() for p in model.parameters()), "vocabulary", tok.get_vocab_size(), flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01)
    pad, began = tok.token_to_id("<|endoftext|>"), time.time()
    for step in range(args.steps):
        share = min(1.0, max(step / args.steps, (time.time() - began) / 60 / args.minutes))
        if share >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 60) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))
        budget, size = rng.choice([(250, 12), (500, 8), (900, 5), (1500, 4), (3000, 2), (4500, 1)] if share > 0.15 or args.start else [(150, 16), (300, 12)])
        batch = [talk.build(budget) for _ in range(size)]
        longest = min(max(len(i) for i, _ in batch), int(budget * 2.5))
        ids = torch.full((size, longest), pad)
        labels = torch.full((size, longest), -100)
        weights = torch.zeros((size, longest))
        for row, (i, m) in enumerate(batch):
            i, m = i[:longest], m[:longest]
            ids[row, :len(i)] = torch.tensor(i)
            labels[row, :len(i)] = torch.tensor([t if s else -100 for t, s in zip(i, m)])
            weights[row, :len(i)] = torch.tensor(m, dtype=torch.float32)
        hidden = model.model(ids).last_hidden_state[:, :-1]
        wanted = labels[:, 1:]
        keep = wanted != -100
        logits = model.lm_head(hidden[keep])
        weight = weights[:, 1:][keep]
        loss = (torch.nn.functional.cross_entropy(logits, wanted[keep], reduction="none") * weight).sum() / weight.sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 25 == 0:
            wrong = (logits.argmax(-1) != wanted[keep]).float().mean().item()
            print(f"{step} {time.time() - began:.0f}s budget {budget} loss {loss.item():.4f} wrong {wrong:.4f}", flush=True)
    out = Path(args.out)
    model.to(torch.bfloat16).save_pretrained(out)
    fast = PreTrainedTokenizerFast(tokenizer_object=tok, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    fast.chat_template = (HERE / "chat_template.jinja").read_text()
    fast.save_pretrained(out)


main()
