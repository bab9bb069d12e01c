/** Reasons whose order must not be known before the person is told: 49 CFR 382.305(k)(1), 40.309(b). */
export const unannouncedReasons: readonly string[] = ['random', 'follow_up'];
/** While a test has these events alone, the person has not been told yet. */
export const eventsBeforeNotice: readonly string[] = ['test.ordered', 'test.withdrawn', 'test.word_unknown'];
/** Steps between collection and the MRO's report look alike to everyone: 40.21(a), 40.131(c)(2), (d)(1). */
export const laboratorySteps: readonly string[] = ['test.lab_received', 'test.lab_reported'];
