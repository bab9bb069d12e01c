import type { Phase } from '#contracts/person-facts';
import type { Said } from './words.ts';

/** What a question asks to be told. */
export const wants = [
  'count',
  'rate',
  'list',
  'why',
  'status',
  'trend',
  'change',
  'expire',
  'expired',
  'turn',
  'most',
  'least',
  'never',
  'last',
  'positivity',
  'reasons',
  'compare',
  'history',
  'next',
  'wait',
  'draft',
  'overview',
  'where',
  'several',
  'all',
  'worse',
  'longest',
  'deadlines',
] as const;
export type Want = (typeof wants)[number];

/** Phrases between slashes. */
const said = <T>(means: T, phrases: string): Said<T> => ({
  means,
  says: phrases.split('/').map((phrase) => phrase.trim()),
});

export const wantWords: readonly Said<Want>[] = [
  said('count', `how many / number of / count / count of / how much / total / headcount`),
  said(
    'rate',
    `rate / share / percent / percentage / what share of / compliance rate / compliance / how compliant /
    compliance percentage / compliance level / proportion`,
  ),
  said(
    'positivity',
    `positivity / positivity rate / positive rate / drug test positivity / positive test rate / drug
    positivity / test positivity`,
  ),
  said(
    'list',
    `who / whose / list / show / show me /  name /
    names of / give me / find / which / what`,
  ),
  said(
    'why',
    `why / explain / reason for / how come / what is wrong with / what's wrong with / what is the
    matter with`,
  ),
  said(
    'reasons',
    `reasons / causes / most common reasons / top reasons / common reasons / main reasons / why are
    people / most common reason / rules fire / top rules`,
  ),
  said(
    'status',
    `status of / the status of / status / state of / cleared to work / cleared to drive / fit to
    drive / allowed to drive / allowed to work / good to go / ok to drive / ok to work`,
  ),
  said(
    'change',
    `what changed / changed / changes / what is new / what's new / what happened / went red / got
    worse / flag changes / status changes`,
  ),
  said(
    'turn',
    `turn / turns / turning / turned / become / becomes / became / go / goes / went / will be / going`,
  ),
  said(
    'expire',
    `expire / expires / expiring / expiry / run out / runs out / running out / lapse / lapses /
    lapsing / up for renewal / need renewal / renew / expirations / upcoming expirations / end /
    ends / ending / come due / coming due / due for renewal`,
  ),
  said('expired', `expired / lapsed / ran out / out of date / have expired / has expired`),
  said('most', `most / worst / highest / top / the most / largest / biggest`),
  said('least', `least / best / lowest / fewest / the fewest / smallest`),
  said(
    'never',
    `never / not had / has no / have no / without / without a / without any / no / not been / have
    not had / has not had / missing / lack / lacks / hasn't had / haven't had / has not been / have
    not been`,
  ),
  said('last', `last / latest / most recent / when was / when did / newest`),
  said(
    'compare',
    `compare / comparison / versus / vs / compared to / compared with / against / difference between`,
  ),
  said(
    'worse',
    `against last year / than last year / versus last year / compared to last year / vs last year /
    better than / worse than / better / worse / improving / improved / improve / getting worse /
    getting better`,
  ),
  said('longest', `longest / the longest / for the longest / for longest`),
  said('deadlines', `deadlines / next deadlines / upcoming deadlines / what comes next / coming deadlines`),
  said('history', `history / history of / timeline / what happened to / track record / events of`),
  said(
    'next',
    `when does / when do / when will / when is / what is next for / what's next for / next due / next
    deadline / what is next / next thing due`,
  ),
  said(
    'wait',
    `wait for review / waits for review / waiting for review / overdue reviews / overdue review /
    awaiting review / to review / needs review / need review / need a review / pending review /
    pending reviews / reviews / in review / reviews overdue / wait for a review`,
  ),
  said(
    'draft',
    `draft / draft a reminder / write a reminder / remind / reminder / reminder for / prepare a
    reminder`,
  ),
  said(
    'overview',
    `overview / summary / how are we doing / how do we stand / where do we stand / dashboard /
    summarise / summarize / big picture`,
  ),
  said(
    'where',
    `where / where does / where is / works at / which location does / which division is / what is the
    job of`,
  ),
  said(
    'several',
    `more than one module / several modules / multiple modules / two or more modules / more than one
    area / at least two modules`,
  ),
  said(
    'all',
    `fully / completely / in everything / everywhere / in all modules / in every
    module / all modules`,
  ),
];

export const phaseWords: readonly Said<Phase>[] = [
  said('applicant', `applicant / applicants / candidates / candidate`),
  said('active', `active / active people / active employees / at work now`),
  said('leave', `on leave / leave / away on leave`),
  said('terminated', `former / former employees / ex-employees`),
];

/** Words that say nothing about what is asked, or only that it is about people. */
export const fillers = new Set(
  `a an the of in on at to for from with by and or is are was were be been do does did has have had will would can could there
  their them they he she him her his hers what how same then those these we our us i me my you your it its this that these those please tell get now currently right present
  all any each some so far as per about if when just also only then than into within during over under still yet
  company whole module modules flag flags colour color status everyone everybody anyone anybody someone
  people person persons employee employees worker workers staff crew folks today's been being between were because
  work working works need needs want like know see want's question let let's hi hello hey thanks thank new time times ordered happened happen received receive recorded reported sent send something here flagged rule
  developed develop been current
  day days week weeks month months rate`.split(/\s+/),
);
export const peopleWords =
  /^(?:people|persons?|employees?|workers?|staff|crew|folks|everyone|everybody|headcount)$/;
