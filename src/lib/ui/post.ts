/** Posts a form as the browser would and goes where the answer leads: for acts that change the session. */
export function post(action: string, fields: Readonly<Record<string, string>> = {}): void {
  const form = document.createElement('form');
  form.method = 'POST';
  form.action = action;
  form.hidden = true;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input');
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}
