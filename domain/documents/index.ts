export { documentMachine, documentStates, type DocumentTrigger } from './document-machine.ts';
export {
  documentStateOn,
  isVerified,
  movePaper,
  newPaper,
  paperSchema,
  requirePaper,
  uploadPaper,
  verifiedPaper,
  verifyPaper,
  type Paper,
  type PaperStep,
} from './paper.ts';
