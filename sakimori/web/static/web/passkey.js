// Passkeys (WebAuthn Level 3): the browser's half. A form says what to do (data-passkey: create | get) and with which
// options (data-options, JSON with base64url for bytes); the answer goes back in its field "credential".
"use strict";

const toBytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
};

const toText = (buffer) => {
  const plain = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const withBytes = (options) => {
  const named = (one) => ({ ...one, id: toBytes(one.id) });
  const made = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) made.user = named(options.user);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (options[list]) made[list] = options[list].map(named);
  }
  return made;
};

const asPlain = (credential) => {
  const { response } = credential;
  const answer = { clientDataJSON: toText(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) answer[part] = toText(response[part]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
};

const run = async (form) => {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const publicKey = withBytes(JSON.parse(form.dataset.options).publicKey);
    const how = form.dataset.passkey;
    const credential = await navigator.credentials[how]({ publicKey });
    form.elements.credential.value = JSON.stringify(asPlain(credential));
    form.submit();
  } catch {
    failed.hidden = false;
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-start]");
  if (window.PublicKeyCredential) {
    button.disabled = false;
    button.addEventListener("click", () => run(form));
    form.addEventListener("submit", (event) => event.preventDefault());
  } else {
    form.querySelector("[data-passkey-failed]").hidden = false;
  }
}
