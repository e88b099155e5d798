/** What people have filled into a form of shared/deeds so far, whole or not: taken down and put back. */

const CONTROLS = 'textarea, select, input:not([type=file]):not([type=search])';
const questions = (node) => Array.from(node.querySelectorAll('.ask'));
const controls = (question) => Array.from(question.querySelectorAll(CONTROLS));
const isChoice = ({ type }) => type === 'radio' || type === 'checkbox';

/** [[{value, on?}]]: of each question its controls; of choices only those that are on. */
export function capture(node) {
  return questions(node).map((question) => controls(question)
    .filter((control) => !isChoice(control) || control.checked)
    .map((control) => (isChoice(control) ? { on: control.value } : { value: control.value })));
}

/** Whether people have put anything into it that the empty form does not say by itself. */
export const differs = (state, empty) => JSON.stringify(state) !== JSON.stringify(empty);

/** Put back what is still there to be chosen; each change is told as if people had made it. */
export function restore(node, state) {
  questions(node).forEach((question, i) => {
    const texts = (state[i] || []).filter((each) => 'value' in each);
    const on = new Set((state[i] || []).map((each) => each.on));
    controls(question).forEach((control) => {
      if (isChoice(control)) {
        if (control.checked !== on.has(control.value)) set(control, 'checked', on.has(control.value));
      } else if (texts.length) {
        set(control, 'value', texts.shift().value);
      }
    });
  });
}

function set(control, property, value) {
  control[property] = value;
  ['input', 'change'].forEach((name) => control.dispatchEvent(new Event(name, { bubbles: true })));
}
