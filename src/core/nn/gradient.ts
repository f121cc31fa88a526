/**
 * Reverse-mode differentiation (Griewank and Walther, Evaluating Derivatives, chapter 3): walks the nodes backwards
 * from the loss, and lets each say what the gradients of its inputs are. The gradients are nodes of the same graph;
 * those that no output needs are never written.
 */
import type { Graph, GraphNode, Tensor } from '#core/nn/graph.ts';
import { shapeText } from '#core/nn/graph.ts';
import { zerosLike } from '#core/nn/linearOps.ts';
import { add } from '#core/nn/ops.ts';

/** Gradients of a scalar loss, each in the shape of its parameter; zeros where the loss does not depend on it. */
export function gradients(graph: Graph, loss: Tensor, parameters: readonly Tensor[]): readonly Tensor[] {
  if (loss.shape.length !== 0 || loss.type !== 'float')
    throw new RangeError(`A loss is one float, this one is ${shapeText(loss.shape)} of ${loss.type}. Sum it first.`);
  const learned = dependents(graph.nodes, parameters);
  const found = new Map<Tensor, Tensor>([[loss, graph.constant(1)]]);
  for (const node of graph.nodes.toReversed()) {
    const given = node.outputs.map((output) => found.get(output));
    if (!node.pullback || !node.outputs.some((output, i) => given[i] && learned.has(output))) continue;
    for (const [i, gradient] of node.pullback(given, node.outputs).entries()) {
      const input = node.inputs[i]!;
      if (!gradient || !learned.has(input)) continue;
      const sum = found.get(input);
      found.set(input, sum ? add(sum, gradient) : gradient);
    }
  }
  return parameters.map((parameter) => found.get(parameter) ?? zerosLike(parameter));
}

/** The parameters and every float that is made of one of them by something that can be learned through. */
function dependents(nodes: readonly GraphNode[], parameters: readonly Tensor[]): ReadonlySet<Tensor> {
  const found = new Set(parameters);
  for (const node of nodes)
    if (node.pullback && node.inputs.some((input) => found.has(input)))
      for (const output of node.outputs) found.add(output);
  return found;
}
