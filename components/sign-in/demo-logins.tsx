/** The logins of the demo world; there are none in any other. */
export interface DemoChoice {
  title: string;
  /** The sentence that says what the password is. */
  password: string;
  logins: { email: string; password: string; who: string }[];
}

interface DemoLoginsProps extends DemoChoice {
  onChoose: (email: string, password: string) => void;
}

export function DemoLogins({ title, password: passwordSentence, logins, onChoose }: DemoLoginsProps) {
  return (
    <section aria-labelledby="demo-title" className="mt-2 grid gap-2 rounded-md border bg-surface p-4">
      <h2 id="demo-title" className="font-medium">
        {title}
      </h2>
      <ul className="-mx-2 grid">
        {logins.map(({ email, password, who }) => (
          <li key={email}>
            <button
              type="button"
              onClick={() => onChoose(email, password)}
              className="w-full cursor-pointer rounded-md px-2 py-1.5 text-left hover:bg-sunken"
            >
              <span className="block font-medium text-accent">{who}</span>
              <span className="block text-ink-soft text-sm">{email}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="text-ink-soft text-sm">{passwordSentence}</p>
    </section>
  );
}
