import { ProductCopy } from '../src/system/product-copy';
import { mutants, runsOf } from '../src/mutants/mutants';

describe('the planted faults', () => {
  it('are at least eight, each with a name of its own and something that finds it', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(8);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    for (const { expects } of mutants) expect(expects).not.toEqual([]);
  });

  it('are told apart within a batch, by what they break', () => {
    const batches = runsOf(mutants).filter(({ length }) => length > 1);
    expect(batches).not.toEqual([]);
    for (const batch of batches) {
      const expected = batch.flatMap(({ expects }) => expects);
      expect(new Set(expected).size).toBe(expected.length);
      const product = new ProductCopy();
      try {
        for (const { patches } of batch) for (const patch of patches) product.apply(patch);
      } finally {
        product.remove();
      }
    }
  });

  it.each(mutants)('$name: its texts are in the product exactly once', ({ patches, sql = [] }) => {
    const product = new ProductCopy();
    try {
      for (const patch of patches) product.apply(patch);
      expect(patches.length + sql.length).toBeGreaterThan(0);
    } finally {
      product.remove();
    }
  });
});
