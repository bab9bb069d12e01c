import type { Component } from 'svelte';

/** A Lucide icon, or anything that draws itself like one. */
export type Icon = Component<{ class?: string; 'aria-hidden'?: 'true' | boolean }>;
