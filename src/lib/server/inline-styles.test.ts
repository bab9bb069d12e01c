import { expect, it } from 'vitest';
import { liftStyles } from './inline-styles.ts';

it('lifts styles out of tags, equal ones once', () => {
  const { html, css } = liftStyles(
    '<p class="a" style="left: 5%;">x</p><i style="left: 5%;"></i><b data-x="1" style="top: 2px"/>',
  );
  expect(html).toBe(
    '<p class="a" data-lifted="1">x</p><i data-lifted="1"></i><b data-x="1" data-lifted="2"/>',
  );
  expect(css).toBe('[data-lifted="1"]:not(#_){left: 5%;}[data-lifted="2"]:not(#_){top: 2px}');
});

it('leaves words, scripts, comments and values of other attributes as they are', () => {
  for (const html of [
    'a style="left: 1px" b',
    '<script>const x = "<p style=\\"left: 1px\\">";</script>',
    '<SCRIPT type="application/json">{"a":"<p style=\'x\' style=\\"y\\">"}</SCRIPT>',
    '<!-- <p style="left: 1px"> -->',
    '<textarea><p style="left: 1px"></textarea>',
    '<p title="a > b style=&quot;x&quot;">x</p>',
    `<p title='a style="left: 1px" b'>x</p>`,
    '<titled></titled>',
    'a < b',
    '<p title="never closed',
  ]) {
    expect(liftStyles(html)).toEqual({ html, css: '' });
  }
});

it('finds the style behind a value that holds a bracket', () => {
  expect(liftStyles('<p title="a > b" style="left: 1px">x</p>').html).toBe(
    '<p title="a > b" data-lifted="1">x</p>',
  );
});

it('drops what could leave its rule or its sheet', () => {
  for (const style of [
    'left: 1px} body{display:none',
    '&lt;/style&gt;&lt;script&gt;',
    '@import url(x)',
    String.raw`left: \7d`,
  ]) {
    expect(liftStyles(`<p style="${style}">x</p>`)).toEqual({ html: '<p>x</p>', css: '' });
  }
});

it('reads a large page in time that grows with its length', () => {
  const row = '<li class="x" data-y="z"><span style="width: 3%">name</span></li>';
  const startedMs = performance.now();
  expect(liftStyles(row.repeat(20_000)).css).toBe('[data-lifted="1"]:not(#_){width: 3%}');
  expect(liftStyles('<'.repeat(200_000)).css).toBe('');
  expect(performance.now() - startedMs).toBeLessThan(3000);
});
