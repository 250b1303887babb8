// What a test wants to know of an error, whichever client threw it.

export function facts(error) {
  const headers = error.responseHeaders ?? Object.fromEntries(error.headers ?? []);
  return {
    name: error.constructor.name,
    message: error.message,
    status: error.status ?? error.statusCode,
    code: error.code,
    param: error.param,
    retryAfter: headers["retry-after"],
  };
}
