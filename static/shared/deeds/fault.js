/** Something a form still needs; its message says what, `field` is the name in the deed's body. */
export class Fault extends Error {
  constructor(message) {
    super(message);
    this.name = 'Fault';
    this.field = '';
  }
}
