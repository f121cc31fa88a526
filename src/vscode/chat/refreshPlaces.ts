/**
 * Keeps the cards of the conversation that is shown true: whether cited lines are still where they were, and their
 * colours. Both come from the searching process after the cards themselves.
 */
import type { Exchange } from '#core/answer/conversation.ts';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { EditorLook, SearchService } from '#node/service/searchService.ts';
import type { ToPanel } from '#vscode/messages.ts';
import type { ChatHost } from './chatHost.ts';
import { citedPlaces } from './giveFeedback.ts';
import type { OpenConversations } from './openConversations.ts';

export interface RefreshPlaces {
  /** Everything of one exchange, after its answer. */
  exchange(exchange: Exchange): Promise<void>;
  /** Everything of the conversation that is shown, the latest exchange first. */
  all(): Promise<void>;
  /** The look of the editor has changed. */
  colors(): Promise<void>;
  /** Files have changed; all of them without a path. */
  places(path?: string): Promise<void>;
}

type Make = (exchange: Exchange, places: readonly PlaceText[]) => Promise<ToPanel | undefined>;

export function refreshPlaces(service: SearchService, conversations: OpenConversations, host: ChatHost): RefreshPlaces {
  let told: EditorLook | undefined;
  const colorOne: Make = async ({ id }, places) => {
    const look = host.look();
    if (look !== told) await service.look((told = look));
    const citations = await service.color(places);
    // Another theme was chosen meanwhile: its colours are on their way.
    return look === host.look() ? { type: 'colors', id, citations } : undefined;
  };
  const locateOne: Make = async ({ id }, places) => ({
    type: 'places',
    id,
    places: await service.locate(places),
  });
  /** Without colours or marks the cards are still right, so a failure is only logged. */
  const send = async (exchange: Exchange, make: Make): Promise<void> => {
    const places = citedPlaces(exchange);
    if (places.length === 0) return;
    try {
      const message = await make(exchange, places);
      if (message && conversations.shown().exchanges.some(({ id }) => id === exchange.id)) host.post(message);
    } catch (error) {
      host.log(error);
    }
  };
  const sendAll = async (makes: readonly Make[], path?: string): Promise<void> => {
    if (host.workspace() === 'no-folder') return;
    for (const exchange of conversations.shown().exchanges.toReversed())
      if (path === undefined || citedPlaces(exchange).some((place) => place.path === path))
        await Promise.all(makes.map((make) => send(exchange, make)));
  };
  return {
    exchange: (exchange) => send(exchange, colorOne),
    all: () => sendAll([locateOne, colorOne]),
    colors() {
      // Those of another theme may not be readable in this one.
      for (const { id } of conversations.shown().exchanges) host.post({ type: 'colors', id, citations: [] });
      return sendAll([colorOne]);
    },
    places: (path) => sendAll([locateOne], path),
  };
}
