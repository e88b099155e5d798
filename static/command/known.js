/** What a filter's codes mean: areas below an area, minor categories of a major one, their names. */

/**
 * @param {{categories: object[], sources: object[]}} config majors with their minors; channels
 * @param {function(): AreaTree|null} tree
 */
export function createKnown({ categories, sources }, tree) {
  const majors = new Map(categories.map((major) => [major.code, major]));
  const names = new Map([...categories, ...categories.flatMap(({ minors }) => minors), ...sources]
    .map(({ code, name }) => [code, name]));
  const area = (code) => (tree() ? tree().get(code) : null);
  return {
    categories,
    sources,
    codesUnder: (code) => (area(code) ? tree().codesUnder(area(code)) : new Set([code])),
    minorsOf: (code) => (majors.has(code) ? majors.get(code).minors.map((minor) => minor.code) : []),
    nameOf: (code) => names.get(code) || code,
    areaName: (code) => (area(code) ? area(code).name : code),
    areas: () => (tree() ? tree().areas : []),
  };
}
