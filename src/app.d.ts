import type { PageApp, PageCaller } from '#server/page-app';
import type { ViewerSession } from '#server/context';

declare global {
  namespace App {
    interface Error {
      message: string;
      /** Names this request in the log. */
      reference: string;
    }
    interface Locals {
      app: PageApp;
      session: ViewerSession | null;
      /** Every procedure of the router, as the viewer. */
      api: PageCaller;
      reference: string;
    }
  }
}
