/** Definitions of Ruby. */
export const RUBY_QUERY = `
(method name: (_) @name) @method
(singleton_method name: (_) @name) @method
(class name: (_) @name) @class
(module name: (_) @name) @module
(assignment left: (constant) @name) @constant
(assignment left: (scope_resolution name: (constant) @name)) @constant
(call method: (identifier) @call arguments: (argument_list . (simple_symbol) @name)
  (#eq? @call "define_method")) @method
(call method: (identifier) arguments: (argument_list . [(method name: (_) @name) (singleton_method name: (_) @name)])) @wrap
`;
