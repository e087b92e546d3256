'use strict';

function sign(number) {
  if (number < 0) {
    return -1;
  }
  return number > 0 ? 1 : 0;
}

function kind(text = 'x', other) {
  switch (text) {
    case 'a':
      return 1;
    case 'b':
      return other || 2;
    default:
      return 3;
  }
}

function never() {
  return 'nobody calls me';
}

module.exports = { sign, kind, never };
