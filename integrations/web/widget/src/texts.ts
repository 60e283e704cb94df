// The words that can show before the server has sent any, or without it: it sends all words, in the visitor's language,
// when the panel opens. prompts/widget/en.md holds the same (a test compares them).

export const ENGLISH: Record<string, string> = {
  launcher: "Chat", // understood in all languages that we speak
  launcher_unread: "Chat, {count} unread",
  close: "Close chat",
  title: "Chat with {company}",
  ai: "AI assistant",
  you: "You",
  us: "Our team",
  menu: "More",
  talk_to_person: "Talk to a person",
  input: "Your message",
  placeholder: "Write a message…",
  send: "Send",
  sending: "Sending…",
  not_sent: "Not sent.",
  try_again: "Try again",
  discard: "Delete",
  waiting: "You are offline. This goes out as soon as you are back.",
  lost: "Connection lost. Reconnecting…",
  unavailable: "We cannot be reached right now. Your words are kept and sent as soon as we can.",
  dismiss: "Dismiss",
  greeting_from: "Message from {company}",
  conversation: "Conversation",
};
