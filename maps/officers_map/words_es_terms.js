// Names that the service uses, in Spanish: roles of layers, answers, states. Written as JSON, for Python to read too.

export const TERMS = {
  "admin": "administración",
  "manager": "dirección",
  "officer": "inspección",
  "engineer": "ingeniería",
  "inside": "dentro",
  "outside": "fuera",
  "undecided": "sin decidir",
  "facts": "datos",
  "yes": "sí",
  "no": "no",
  "within": "dentro",
  "unconfirmed": "sin confirmar"
};
