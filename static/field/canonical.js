/**
 * The content of a report in the one spelling that both sides hash: when the server's SHA-256
 * equals ours, it has understood every field as we meant it, not only received some bytes.
 * The other side is Report.sha256 in incidents/reports.py; tests/samples/receipts.json ties them.
 */

/** The canonical text of a request body of draft.js: keys sorted, no spaces. Pure. */
export function canonical(body) {
  const { position: { coordinates: [lon, lat] }, photos, ...report } = JSON.parse(body);
  const facts = {
    accuracy_m: report.accuracy_m === null ? 'null' : float(report.accuracy_m),
    category: JSON.stringify(report.category),
    chosen_area: JSON.stringify(report.chosen_area),
    datum: JSON.stringify(report.datum),
    fixed_at: JSON.stringify(moment(report.fixed_at)),
    id: JSON.stringify(report.id),
    lat: float(lat),
    lon: float(lon),
    method: JSON.stringify(report.method),
    photos: JSON.stringify(photos.map(named)),
    recorded_at: JSON.stringify(moment(report.recorded_at)),
    ...(report.settled && { settled: 'true' }),
    words: JSON.stringify(report.words),
  };
  return `{${Object.entries(facts).map(([key, text]) => `"${key}":${text}`).join(',')}}`;
}

/** A photo with what it shows, where that is not simply what was reported. */
const named = ({ id, sha256, role = 'report' }) => (role === 'report' ? [id, sha256] : [id, sha256, role]);

/** A number as Python writes a float: 30 is '30.0' and 0.00005 is '5e-05'. */
function float(value) {
  if (Number.isInteger(value)) return value.toFixed(1);
  if (Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

/** '…00.120Z' as Python's isoformat(): '…00.120000+00:00', and no fraction when it is zero. */
const moment = (iso) => iso.replace(/\.(\d{3})Z$/, (_, ms) => `${ms === '000' ? '' : `.${ms}000`}+00:00`);
