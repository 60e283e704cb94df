// Brings what the visitor said to the server: the conversation first, then the files, then the words.

import type { Files } from "./files.ts";
import { isRefused, NOTHING } from "./http.ts";
import type { Answer } from "./http.ts";
import { map } from "./safe.ts";
import type { Session } from "./session.ts";
import type { Attachment, Opened, Say, Waiting } from "./types.ts";

export interface Accepted {
  message_id: string;
}

export interface DeliveryEvents {
  /** A file has arrived: what waits has changed. */
  keep(waiting: Waiting): void;
  /** A conversation has begun. */
  onBegun(opened: Opened): void;
  /** The conversation is not ours any more, or has ended. */
  onLost(): void;
}

const UPLOAD_PATIENCE = 300_000;
const HIGHEST_SEQ = 2 ** 53 - 1;

export class Delivery {
  private readonly files: Files;
  private readonly say: Say;
  private readonly session: Session;
  private readonly events: DeliveryEvents;

  constructor({ files, say }: { files: Files; say: Say }, session: Session, events: DeliveryEvents) {
    this.files = files;
    this.say = say;
    this.session = session;
    this.events = events;
  }

  /** Give the server's last word on it; a lost conversation is begun anew once. */
  async deliver(waiting: Waiting): Promise<Answer<Accepted>> {
    const answer = await this.attempt(waiting);
    const isLost = answer.status === 409 || answer.status === 401;
    if (!this.session.ticket || !(isLost || isRefused(answer.status))) return answer;
    if (isLost || !(await this.isOurs())) this.events.onLost();
    else if (!waiting.files.length) return answer;
    // Files belong to a conversation, and do not wait there for ever.
    const files = map(waiting.files, ({ id, name, size, type }) => ({ id, name, size, type }));
    return this.attempt({ ...waiting, files });
  }

  private async attempt(waiting: Waiting): Promise<Answer<Accepted>> {
    const { session } = this;
    if (!session.ticket) {
      const begun = await session.begin();
      if (!begun.isOk) return { ...begun, body: { detail: this.say("unavailable") } };
      this.events.onBegun(begun.body as Opened);
    }
    const refusal = await this.upload(waiting);
    return refusal ?? session.act<Accepted>(waiting.isPerson ? "human" : "messages", { body: said(waiting) });
  }

  /** Tells whether the token still opens the conversation. */
  private async isOurs(): Promise<boolean> {
    const { status } = await this.session.act(`messages?after=${HIGHEST_SEQ}`);
    return !isRefused(status);
  }

  private async upload(waiting: Waiting): Promise<Answer<Accepted> | null> {
    for (const file of waiting.files) {
      if (file.attachmentId) continue;
      const content = await this.files.get(file.id);
      if (!content) return { ...NOTHING, status: 422, body: { detail: this.say("file_lost", { name: file.name }) } };
      const body = new FormData();
      body.append("file", content, file.name);
      const answer = await this.session.act<Attachment>("attachments", { body, patience: UPLOAD_PATIENCE });
      if (!answer.isOk || !answer.body?.attachment_id) return { ...answer, isOk: false, body: answer.body as null };
      file.attachmentId = answer.body.attachment_id;
      this.events.keep(waiting);
    }
    return null;
  }
}

function said({ id, text, files, isPerson }: Waiting): unknown {
  const attachments = map(files, ({ attachmentId }) => attachmentId);
  const words = { client_message_id: id, text, attachment_ids: attachments.length ? attachments : undefined };
  return isPerson ? { client_message_id: id } : words;
}
