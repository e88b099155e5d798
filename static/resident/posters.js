/** The posters' button to print. */
const button = document.getElementById('print');
button.addEventListener('click', () => window.print());
button.hidden = false;
