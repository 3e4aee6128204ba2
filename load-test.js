// `k6 run load-test.js`: the entry is here, the work in load-test/, how to read it in docs/load-testing.md.
import { runCircle } from './load-test/circle.ts';
import { optionsOf } from './load-test/options.ts';
import { summarize } from './load-test/report/summarize.ts';
import { readSettings } from './load-test/settings.ts';
import { prepareWorld } from './load-test/world.ts';

const settings = readSettings(__ENV, readInstallation(__ENV.PARLEY_DATA_DIR || '.parley'));

export const options = optionsOf(settings);
export const setup = () => prepareWorld(settings);
export const handleSummary = (data) => summarize(settings, data);
export default runCircle;

/** What `npm start` wrote about the running installation; undefined where it runs elsewhere. k6 opens files only here. */
function readInstallation(folder) {
  try {
    return JSON.parse(open(`${folder.startsWith('/') ? '' : './'}${folder}/demo.json`));
  } catch {
    return undefined;
  }
}
