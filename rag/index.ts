export type { Answerer, Asked } from './answerer.ts';
export { createAssistant } from './assistant/assistant.ts';
export { createBudget } from './assistant/budget.postgres.ts';
export { createClaude } from './assistant/claude.ts';
export { tableEvents } from './assistant/tools/query-warehouse.ts';
export { promptFingerprint } from './assistant/prompt.ts';
export { createTools } from './assistant/tools/tools.ts';
export { parseCitation, within, type Citation } from './corpus/citation.ts';
export { createCorpus, type Corpus, type CorpusDocument, type LoadReport } from './corpus/load.ts';
export type { Section } from './corpus/section.ts';
export type { Embedder } from './embedding/embedder.ts';
export type { EmbeddingService } from './embedding/http-service.ts';
export { openBestEmbedder } from './embedding/open.ts';
export { judge, type EvaluationDeps, type Judged } from './evaluation/assistant/evaluate.ts';
export { readGolden, type Golden } from './evaluation/assistant/golden.ts';
export { findLeaks, type Leak } from './evaluation/assistant/leaks.ts';
export { familyNames } from './planner/families/all.ts';
export { openTrialPlanner, type TrialDeps } from './evaluation/assistant/trial.ts';
export { trialViewer } from './evaluation/assistant/viewer.ts';
export { readQuestions, isHeldOut, rankOf, type GoldenQuestion } from './evaluation/questions.ts';
export { readObliqa, type Obliqa } from './evaluation/obliqa.ts';
export { openPlainBm25 } from './evaluation/plain-bm25.ts';
export { metricsOf, tableOfScores } from './evaluation/report.ts';
export { scoresOf, type Outcome, type Scores } from './evaluation/scores.ts';
export { readEcfrXml } from './formats/ecfr-xml.ts';
export { fetchEcfrPart } from './formats/fetch-ecfr.ts';
export { readCorpusFile } from './formats/read-file.ts';
export { readSectionsJsonl } from './formats/sections-jsonl.ts';
export {
  createRetrieval,
  type Answer,
  type Passage,
  type Question,
  type Reader,
  type Retrieval,
} from './retrieval/retrieve.ts';
export { exampleQuestions } from './planner/families/all.ts';
export { createPlanner, type PlannerDeps } from './planner/planner.ts';
export { openSummaries } from './seed/open.ts';
export { openThesaurus } from './thesaurus/open.ts';
