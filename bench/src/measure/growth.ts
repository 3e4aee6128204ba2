import type { Comparison, Row } from '../findings';

/** The exponent of a power law through the points, and its 95 % interval. */
export interface Growth {
  exponent: number;
  low: number;
  high: number;
}

/** Of Student's distribution, two-sided 95 %, by degrees of freedom; beyond the table the normal one is close enough. */
const student = [NaN, 12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const normal = 1.96;
// With many degrees of freedom the table's last values and these agree to a tenth.
const studentOf = (degrees: number): number => student[degrees] ?? normal + 2.4 / degrees;

/** Least squares through the logarithms. @throws RangeError below three points */
export function fitGrowth(points: readonly { size: number; cost: number }[]): Growth {
  if (points.length < 3) throw new RangeError('an exponent with an interval needs three points');
  const logs = points.map(({ size, cost }) => ({ x: Math.log(size), y: Math.log(cost) }));
  const meanX = logs.reduce((sum, { x }) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, { y }) => sum + y, 0) / logs.length;
  const spreadX = logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const exponent = logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spreadX;
  const residue = logs.reduce((sum, { x, y }) => sum + (y - meanY - exponent * (x - meanX)) ** 2, 0);
  const degrees = logs.length - 2;
  const half = studentOf(degrees) * Math.sqrt(residue / degrees / spreadX);
  return { exponent, low: exponent - half, high: exponent + half };
}

/** How a figure grows over the rows, whose sizes are given: the exponent through all points of all rounds, beside its gate. */
export function growthOf(
  title: string,
  rows: readonly Row[],
  sizes: readonly number[],
  key: string,
  gate?: string,
): Comparison {
  const points = sizes.flatMap((size, at) =>
    (rows[at]?.rounds ?? []).flatMap((round) => {
      const cost = round[key];
      return cost === undefined ? [] : [{ size, cost }];
    }),
  );
  const { exponent, low, high } = fitGrowth(points);
  return {
    title,
    median: exponent,
    min: low,
    max: high,
    ...(gate === undefined ? {} : { gate }),
  };
}
