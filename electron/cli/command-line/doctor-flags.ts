import { toggle } from './flag.ts'

export const doctorFlags = {
  load: toggle('Load the model for the test if the server has not loaded it.'),
  json: toggle('Print the report as one JSON object.'),
  help: toggle('Show this help.'),
}
