import { expect, it } from 'vitest';
import { deviceWords } from './device-words.ts';

it.each([
  [null, 'Unknown device'],
  ['curl/8.5', 'Some program'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0 Safari/537.36',
    'Chrome on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile Safari/604.1',
    'Safari on iOS',
  ],
])('names the device that says %s', (agent, words) => {
  expect(deviceWords(agent)).toBe(words);
});
