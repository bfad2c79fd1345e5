/// <reference lib="dom" />
/**
 * Fills the page with cards, whenever the button is pressed.
 *
 * @module
 */

import { UserCard } from "./user_card.ts";

customElements.define("user-card", UserCard);

const list = document.querySelector("main")!;
document.querySelector("button")!.addEventListener("click", fill);
fill();

function fill(): void {
  const cards = Array.from({ length: 60 }, (_, index) => {
    const card = document.createElement("user-card");
    card.setAttribute("user-id", String(index));
    return card;
  });
  list.replaceChildren(...cards);
}
