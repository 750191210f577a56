/** What goes wrong between this page and the server, told as every face tells it: what, and what now. */
import type { ErrorView, ProblemView } from '../core/wire.gen';

/** The server said no. `message` is what it said, `hint` what to do about it. */
export class FlowRequestError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly problems: readonly ProblemView[];
  readonly status: number;

  constructor(view: ErrorView, status: number) {
    super(view.message);
    this.name = 'FlowRequestError';
    this.code = view.code;
    this.hint = view.hint;
    this.problems = view.problems;
    this.status = status;
  }
}

/** The error in an answer's body; an answer that is not ours gets words of our own. */
export function errorOf(body: unknown, status: number): FlowRequestError {
  if (isErrorView(body)) {
    return new FlowRequestError({ ...body, problems: body.problems ?? [] }, status);
  }
  if (status === 404) {
    return new FlowRequestError({
      code: 'JF700',
      message: 'the server knows nothing of flows',
      hint: 'Switch its extension on (jupyter server extension enable jupyter_flow) and start it again.',
      problems: []
    }, status);
  }
  return new FlowRequestError({
    code: 'JF701',
    message: `the server answered ${status}`,
    hint: 'Its log tells more.',
    problems: []
  }, status);
}

/** The server cannot be reached. */
export function unreachable(cause: unknown): FlowRequestError {
  return new FlowRequestError({
    code: 'JF702',
    message: 'the server cannot be reached',
    hint: cause instanceof Error && cause.message ? cause.message : 'Is it still running?',
    problems: []
  }, 0);
}

/** Whatever was thrown, as an error of ours. */
export function asRequestError(error: unknown): FlowRequestError {
  if (error instanceof FlowRequestError) {
    return error;
  }
  console.error(error);
  return new FlowRequestError({
    code: 'JF703',
    message: error instanceof Error ? error.message : String(error),
    hint: 'The console of the browser tells more.',
    problems: []
  }, 0);
}

/** Whatever was thrown, as a form shows it. */
export function asErrorView(error: unknown): ErrorView {
  const { code, message, hint, problems } = asRequestError(error);
  return { code, message, hint, problems: [...problems] };
}

/** Whatever was thrown, in one line of text. */
export function textOf(error: unknown): string {
  if (error instanceof FlowRequestError) {
    return error.hint ? `${error.message}. ${error.hint}` : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

function isErrorView(body: unknown): body is ErrorView {
  return typeof body === 'object' && body !== null
    && 'code' in body && typeof body.code === 'string'
    && 'message' in body && typeof body.message === 'string'
    && 'hint' in body && typeof body.hint === 'string';
}
