/**
 * 有冲突: a deed that came too late. What the phone saw and what is true now, side by side, and the
 * worker's choices. Pure but for the id.
 */
import { uuid } from '../shared/uuid.js';
import { onVersion } from './line.js';
import { SHOWN } from './snapshot.js';

/** The facts that are no longer as the phone saw them: [{name, before, now}]. */
export function changes({ seen, current }) {
  if (!seen) return [];
  return SHOWN.filter((name) => name !== 'version' && seen[name] !== current[name])
    .map((name) => ({ name, before: seen[name], now: current[name] }));
}

/** Whether the deed can still be done as things stand. */
export const mayInsist = ({ deed, current }) => current.deeds.includes(deed);

/** Whether at least its words and photos can be added. */
export const mayRemark = ({ deed, current, body }) => deed !== 'remark' && current.deeds.includes('remark')
  && Boolean(JSON.parse(body).note);

/** 仍然提交: the same words and photos, as a new deed on what is true now. */
export function insisted(item, id = uuid()) {
  const { body } = onVersion(item, item.current.version);
  return { id, body: JSON.stringify({ ...JSON.parse(body), id }), seen: item.current };
}

/** 作为备注提交: what was written and photographed, without the decision. */
export function asRemark(item, label, id = uuid()) {
  const { note, photos = [] } = JSON.parse(item.body);
  const body = { id, seen_version: item.current.version, note, photos };
  return { id, deed: 'remark', label: { ...item.label, deed: label }, body: JSON.stringify(body), seen: item.current };
}
