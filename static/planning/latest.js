/**
 * One question at a time, and always the latest: while an answer is under way only the newest
 * question waits, older ones are dropped. So holding a facility over the map never piles up.
 */

/**
 * @param {function(any): Promise} ask
 * @param {{answer: function(any, any), fault: function(Error)}} on answer(answer, question)
 */
export function latest(ask, on) {
  let busy = false;
  let next = null;
  let age = 0;
  async function run(question) {
    busy = true;
    const mine = age;
    try {
      const answer = await ask(question);
      if (mine === age) on.answer(answer, question);
    } catch (error) {
      if (mine === age) on.fault(error);
    }
    busy = false;
    if (next === null) return;
    const waiting = next;
    next = null;
    run(waiting.question);
  }
  return {
    ask(question) {
      if (busy) next = { question };
      else run(question);
    },
    /** Whatever is under way no longer matters. */
    drop() {
      age += 1;
      next = null;
    },
  };
}
