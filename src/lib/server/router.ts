import { listAccess } from './access.ts';
import { createAlertsRouter, type AlertsRouterDeps } from './routers/alerts.ts';
import { createApiAccessRouter, type ApiAccessRouterDeps } from './routers/api-access.ts';
import { createApprovalsRouter, type ApprovalsRouterDeps } from './routers/approvals.ts';
import { createAuditRouter, type AuditRouterDeps } from './routers/audit.ts';
import { createBoardRouter, type BoardRouterDeps } from './routers/board.ts';
import { createDerIqRouter, type DerIqRouterDeps } from './routers/der-iq.ts';
import { createExplorerRouter, type ExplorerRouterDeps } from './routers/explorer.ts';
import { createFrameRouter, type FrameRouterDeps } from './routers/frame.ts';
import { createIncidentsRouter, type IncidentsRouterDeps } from './routers/incidents.ts';
import { createIntegrationsRouter, type IntegrationsRouterDeps } from './routers/integrations.ts';
import { createInvitationsRouter, type InvitationsRouterDeps } from './routers/invitations.ts';
import { createLiveRouter, type LiveRouterDeps } from './routers/live.ts';
import { createPeopleRouter, type PeopleRouterDeps } from './routers/people.ts';
import { createPersonRouter, type PersonRouterDeps } from './routers/person.ts';
import { createMembersRouter, type MembersRouterDeps } from './routers/members.ts';
import { createOverviewRouter, type OverviewRouterDeps } from './routers/overview.ts';
import { createPrivacyRouter, type PrivacyRouterDeps } from './routers/privacy.ts';
import { createRegulationsRouter, type RegulationsRouterDeps } from './routers/regulations.ts';
import { createReviewsRouter, type ReviewsRouterDeps } from './routers/reviews.ts';
import { createSecurityRouter, type SecurityRouterDeps } from './routers/security.ts';
import { createSettingsRouter, type SettingsRouterDeps } from './routers/settings.ts';
import { createSingleSignOnRouter, type SingleSignOnRouterDeps } from './routers/single-sign-on.ts';
import { createStatusRouter, type StatusRouterDeps } from './routers/status.ts';
import { createSessionRouter, type SessionRouterDeps } from './routers/session.ts';
import { createCallerFactory, router } from './trpc.ts';

/** Everything that the procedures need; made by the composition root. */
export interface RouterDeps {
  readonly session: SessionRouterDeps;
  readonly frame: FrameRouterDeps;
  readonly derIq: DerIqRouterDeps;
  readonly explorer: ExplorerRouterDeps;
  readonly live: LiveRouterDeps;
  readonly overview: OverviewRouterDeps;
  readonly board: BoardRouterDeps;
  readonly people: PeopleRouterDeps;
  readonly person: PersonRouterDeps;
  readonly alerts: AlertsRouterDeps;
  readonly approvals: ApprovalsRouterDeps;
  readonly members: MembersRouterDeps;
  readonly audit: AuditRouterDeps;
  readonly incidents: IncidentsRouterDeps;
  readonly integrations: IntegrationsRouterDeps;
  readonly regulations: RegulationsRouterDeps;
  readonly reviews: ReviewsRouterDeps;
  readonly apiAccess: ApiAccessRouterDeps;
  readonly invitations: InvitationsRouterDeps;
  readonly security: SecurityRouterDeps;
  readonly singleSignOn: SingleSignOnRouterDeps;
  readonly privacy: PrivacyRouterDeps;
  readonly settings: SettingsRouterDeps;
  readonly status: StatusRouterDeps;
}

/** The whole API of the pages. Throws when a procedure does not declare what it needs. */
export function createRouter(deps: RouterDeps) {
  const made = router({
    session: createSessionRouter(deps.session),
    frame: createFrameRouter(deps.frame),
    derIq: createDerIqRouter(deps.derIq),
    explorer: createExplorerRouter(deps.explorer),
    live: createLiveRouter(deps.live),
    overview: createOverviewRouter(deps.overview),
    board: createBoardRouter(deps.board),
    people: createPeopleRouter(deps.people),
    person: createPersonRouter(deps.person),
    alerts: createAlertsRouter(deps.alerts),
    approvals: createApprovalsRouter(deps.approvals),
    members: createMembersRouter(deps.members),
    audit: createAuditRouter(deps.audit),
    incidents: createIncidentsRouter(deps.incidents),
    integrations: createIntegrationsRouter(deps.integrations),
    regulations: createRegulationsRouter(deps.regulations),
    reviews: createReviewsRouter(deps.reviews),
    apiAccess: createApiAccessRouter(deps.apiAccess),
    invitations: createInvitationsRouter(deps.invitations),
    security: createSecurityRouter(deps.security),
    singleSignOn: createSingleSignOnRouter(deps.singleSignOn),
    privacy: createPrivacyRouter(deps.privacy),
    settings: createSettingsRouter(deps.settings),
    status: createStatusRouter(deps.status),
  });
  listAccess(made);
  return made;
}

export type AppRouter = ReturnType<typeof createRouter>;

/** Calls procedures from the server's own pages, without HTTP. */
export const createApiFactory = (made: AppRouter) => createCallerFactory(made);
export type Api = ReturnType<ReturnType<typeof createApiFactory>>;
