interface SdkError {
  readonly name: string
  readonly $metadata?: { readonly clockSkewCorrected?: boolean }
}

/**
 * Asks once more when a signature was refused for its time: the SDK has then learnt AWS's clock from the answer
 * (AwsSdkSigV4Signer, `errorHandler`), and signs by that from now on.
 */
export async function correctingClock<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!wasLate(error)) throw error
    return ask()
  }
}

function wasLate(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { name, $metadata } = error as SdkError
  return $metadata?.clockSkewCorrected === true && /Signature|RequestExpired|RequestTimeTooSkewed/.test(name)
}
