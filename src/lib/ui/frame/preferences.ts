const yearS = 31_536_000;

function remember(name: string, value: string): void {
  document.cookie = `${name}=${value}; path=/; max-age=${yearS}; samesite=lax`;
}

const themes = ['system', 'light', 'dark'] as const;

/** Goes on from the system's theme to light, to dark, and round. The server reads the cookie, so no page flashes. */
export function turnTheme(): void {
  const root = document.documentElement;
  const at = themes.findIndex((theme) => theme === root.dataset.theme);
  const next = themes[(at + 1) % themes.length] ?? 'system';
  root.dataset.theme = next;
  remember('theme', next);
}

export function rememberFold(folded: boolean): void {
  remember('rail', folded ? 'folded' : 'open');
}
