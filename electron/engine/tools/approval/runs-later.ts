/** Files that other programs run or obey by themselves, by what does so and when. */
const RUN_LATER: readonly [path: RegExp, who: string][] = [
  [/(^|\/)\.vscode\/(tasks|launch|settings)\.json$/, 'the editor may run what it says when the folder is opened'],
  [/(^|\/)\.idea\/runConfigurations\//, 'the editor offers to run it'],
  [/(^|\/)\.devcontainer(\/|\.json$)/, 'the editor runs it when the container is built'],
  [/(^|\/)(\.husky|\.githooks)\/|(^|\/)(\.pre-commit-config\.yaml|\.?lefthook\.ya?ml)$/, 'git runs it when you commit'],
  [/(^|\/)(\.envrc|\.mise\.toml|mise\.toml)$/, 'your shell runs it when you enter the folder'],
  [
    /(^|\/)\.(github|gitea|forgejo)\/workflows\/|(^|\/)(\.gitlab-ci\.ya?ml|Jenkinsfile|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml)$|(^|\/)\.circleci\//,
    'the build server runs it once it is pushed',
  ],
  [/(^|\/)(package\.json|\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.cjs)$/, 'the package manager runs scripts that it names'],
  [/(^|\/)(\.gitattributes|\.gitmodules)$/, 'git obeys it'],
]

/** Who runs or obeys a file by itself later, outside of any sandbox, as the end of a sentence; null = nobody known. */
export function runsLater(path: string): string | null {
  const plain = path.replaceAll('\\', '/')
  return RUN_LATER.find(([pattern]) => pattern.test(plain))?.[1] ?? null
}
