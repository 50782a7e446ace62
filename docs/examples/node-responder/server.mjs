// A responder for Keva SMS: says what the opening hours are, and leaves everything else to people. See README.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { HealthImplementation } from 'grpc-health-check';

const SERVICE = 'keva.responder.v1.ResponderService';
const LISTEN = process.env.LISTEN ?? '127.0.0.1:50056';
// ca.crt, tls.crt and tls.key: this responder's certificate, and who may vouch for its callers.
const TLS_DIR = process.env.TLS_DIR ?? '../../../.keva/tls/responder_service';
const PROTOS = fileURLToPath(new URL('../../../protos', import.meta.url));

// All that the customer wrote must be this one question: what goes beyond it would stay unanswered.
const ASKS_FOR_HOURS = new RegExp(
  '^\\W*(?:(?:hi|hello|hey|good (?:morning|afternoon|evening))\\b\\W*)?' +
    '(?:what are your (?:opening |business )?hours|what time do you open|when (?:are|do) you open|are you open)' +
    '(?: today| tomorrow| now| on \\w+days?)?\\W*$',
  'i',
);
// Two SMS segments: of GSM-7, or of UCS-2 once there is a character that GSM-7 may not have.
const MOST_CHARACTERS = { plain: 306, other: 134 };

function draftReply(request) {
  const unanswered = textsToAnswer(request.messages);
  const rules = request.profile?.hand_off_rules ?? [];
  const languages = request.profile?.languages ?? [];
  const hours = request.profile?.business_hours ?? '';

  if (request.opted_out) return handOff('OPTED_OUT');
  if (rules.some((rule) => unanswered.join('\n').toLowerCase().includes(rule.toLowerCase()))) {
    return handOff('WORKSPACE_RULE');
  }
  if (!ASKS_FOR_HOURS.test(unanswered.join(' '))) return handOff('NOT_KNOWN', 'only opening hours are known');
  if (languages.length && !languages.includes('en')) return handOff('NOT_KNOWN', 'only English is known');
  if (!hours) return handOff('NOT_KNOWN', 'the profile has no business hours');

  const text = `Our hours: ${hours}. Is there anything else we can help with?`;
  if (!fitsTwoSegments(text)) return handOff('DRAFT_REFUSED', 'longer than two SMS segments');
  // It rests on no article; one that does names it in `articles`.
  return { draft: { text, articles: [], language: 'en' } };
}

/** The customer's texts after the last one of anybody else: all of them together are to be answered. */
function textsToAnswer(messages) {
  const others = messages.findLastIndex((message) => message.role !== 'CONVERSATION_ROLE_CUSTOMER');
  return messages.slice(others + 1).map((message) => message.text);
}

function handOff(reason, detail = '') {
  return { hand_off: { reason: `HAND_OFF_REASON_${reason}`, detail } };
}

function fitsTwoSegments(text) {
  return text.length <= (/^[\w ,.:;!?'()/-]*$/.test(text) ? MOST_CHARACTERS.plain : MOST_CHARACTERS.other);
}

/** Whether the caller's certificate is ticket_service's: customers' texts are for nobody else to send here. */
function isTicketService(call) {
  const names = call.getAuthContext().sslPeerCertificate?.subjectaltname ?? '';
  return names.split(', ').includes('URI:spiffe://keva/ticket_service');
}

function answerCall(call, callback) {
  if (!isTicketService(call)) {
    return callback({ code: grpc.status.PERMISSION_DENIED, details: 'only ticket_service may ask for drafts' });
  }
  const started = process.hrtime.bigint();
  if (textsToAnswer(call.request.messages).length === 0) {
    return callback({ code: grpc.status.INVALID_ARGUMENT, details: 'messages holds nothing to answer' });
  }
  const result = draftReply(call.request);
  const nanos = Number(process.hrtime.bigint() - started);
  // Whatever is logged: never a text.
  console.log(`${call.request.ticket_id}: ${result.hand_off?.reason ?? 'answered'}`);
  // No model was asked; else `model` and the tokens go into the audit trail.
  return callback(null, { ...result, duration: { seconds: 0, nanos } });
}

const definition = protoLoader.loadSync('keva/responder/v1/responder_service.proto', {
  includeDirs: [PROTOS], keepCase: true, enums: String, defaults: true,
});
const health = new HealthImplementation({ '': 'SERVING', [SERVICE]: 'SERVING' });
const server = new grpc.Server();
// GetResponder and GetArticle are not here: gRPC answers UNIMPLEMENTED for them.
server.addService(definition[SERVICE], { DraftReply: answerCall });
health.addToServer(server);
const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => readFileSync(join(TLS_DIR, name)));
const credentials = grpc.ServerCredentials.createSsl(ca, [{ private_key: key, cert_chain: cert }], true);
server.bindAsync(LISTEN, credentials, (error, port) => {
  if (error) throw error;
  console.log(`listening on port ${port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const name of ['', SERVICE]) health.setStatus(name, 'NOT_SERVING');
    server.tryShutdown(() => process.exit(0));
  });
}
