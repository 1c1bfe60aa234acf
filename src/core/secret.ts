const values = new WeakMap<Secret<unknown>, unknown>()

/**
 * A value that must not be seen: printing, logging, spreading or JSON give `[redacted]`.
 * Only `reveal()` gives the value; call it where it is used, never before.
 */
export class Secret<T> {
  // A phantom that keeps Secret<string> and Secret<Buffer> apart.
  private declare readonly type: T

  constructor(value: T) {
    values.set(this, value)
  }

  reveal(): T {
    return values.get(this) as T
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]'
  }
}
