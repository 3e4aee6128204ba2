const Sequencer = require('@jest/test-sequencer').default;

/**
 * Specs that start processes come first, those that a function can answer last: what runs alone at the end, while the
 * other workers have nothing left, is short. Within each kind Jest's own order stays (known durations, then file sizes).
 */
class LongSpecsFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => rank(one.path) - rank(other.path));
  }
}

function rank(file) {
  if (/[\\/]test[\\/]/.test(file)) return 0;
  return file.endsWith('.int.spec.ts') ? 1 : 2;
}

module.exports = LongSpecsFirst;
