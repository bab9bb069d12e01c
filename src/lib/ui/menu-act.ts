import type { Icon } from './icon.ts';

/** One row of a menu. */
export interface MenuAct {
  label: string;
  icon?: Icon;
  href?: string;
  onselect?: () => void;
  danger?: boolean;
  /** Why the viewer may not do it. The act stays visible, off, with the reason. */
  denied?: string;
  checked?: boolean;
  end?: string;
  /** A line is drawn above. */
  apart?: boolean;
}
