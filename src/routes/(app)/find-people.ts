import type { PersonHit } from '#ui/frame/CommandPalette.svelte';

/** People by name or number, as the viewer may see them; at most a handful. */
export async function findPeople(text: string): Promise<PersonHit[]> {
  const answer = await fetch(`/find?text=${encodeURIComponent(text)}`);
  if (!answer.ok) throw new Error(`find answered ${answer.status}`);
  return (await answer.json()) as PersonHit[];
}
