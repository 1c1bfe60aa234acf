/** A compass rose: the mark of Portolan. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0e6a8b" />
      <path d="M16 4.5 18.4 13.6 27.5 16 18.4 18.4 16 27.5 13.6 18.4 4.5 16 13.6 13.6Z" fill="#fff" />
      <circle cx="16" cy="16" r="1.7" fill="#0e6a8b" />
    </svg>
  )
}
