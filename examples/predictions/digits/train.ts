/**
 * Trains the network for digits anew and writes its weights and the wall: `deno task train:digits`.
 * Every run, on every runtime, gives the same weights.
 *
 * @module
 */

import { writeNetwork } from "./weights.ts";
import { readDigits } from "./training/mnist.ts";
import { trainNetwork } from "./training/train_network.ts";
import { wallSize } from "./wall.ts";
import { writeWall } from "./wall_file.ts";

const { training, heldOut } = readDigits();
await writeWall(heldOut.slice(0, wallSize));
const network = trainNetwork(training, {
  seed: 1,
  epochs: 40,
  onEpoch: (epoch, loss) =>
    console.log(`Epoch ${epoch + 1} of 40: a mean loss of ${loss.toFixed(4)}`),
});
await writeNetwork(network);
