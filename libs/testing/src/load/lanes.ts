/** Runs `run` for 0 … total − 1, so many at a time. */
export async function inLanes(
  lanes: number,
  total: number,
  run: (place: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let place = next++; place < total; place = next++) await run(place);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, total) }, lane));
}
