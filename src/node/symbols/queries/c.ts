/** Definitions of C and C++. */

/** Variables with a value; the pattern is anchored, because a file has many more locals than globals. */
const variablesOf = (parent: string, end = ''): string =>
  `(${parent} (declaration declarator: (init_declarator declarator: (_) @name)) @variable)${end}`;

const COMMON = `
(preproc_def name: (identifier) @name) @macro
(preproc_function_def name: (identifier) @name) @macro
(struct_specifier name: (_) @name body: (_)) @struct
(union_specifier name: (_) @name body: (_)) @struct
(enum_specifier name: (_) @name body: (_)) @enum
(type_definition type: (struct_specifier body: (_)) declarator: (type_identifier) @name) @struct
(type_definition type: (union_specifier body: (_)) declarator: (type_identifier) @name) @struct
(type_definition type: (enum_specifier body: (_)) declarator: (type_identifier) @name) @enum
(type_definition declarator: (type_identifier) @name) @type
(type_definition declarator: (pointer_declarator declarator: (type_identifier) @name)) @type
(type_definition declarator: (function_declarator
  declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name)))) @type
(type_definition type: (_ name: (_) @name)) @wrap
(declaration type: (_ name: (_) @name body: (_))) @wrap
${variablesOf('translation_unit')}
${variablesOf('preproc_ifdef')}
${variablesOf('preproc_if')}
${variablesOf('preproc_else')}
`;

export const C_QUERY = `
${COMMON}
(function_definition declarator: (function_declarator declarator: (identifier) @name)) @function
(function_definition declarator: (function_declarator declarator: (parenthesized_declarator (identifier) @name))) @function
(function_definition declarator: (pointer_declarator
  declarator: (function_declarator declarator: (identifier) @name))) @function
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator
  declarator: (function_declarator declarator: (identifier) @name)))) @function
`;

const CPP_NAME = '[(identifier) (field_identifier) (qualified_identifier) (destructor_name) (operator_name)] @name';

export const CPP_QUERY = `
${COMMON}
${variablesOf('namespace_definition body: (declaration_list', ')')}
(class_specifier name: (_) @name body: (_)) @class
(namespace_definition name: (_) @name) @module
(alias_declaration name: (type_identifier) @name) @type
(concept_definition name: (identifier) @name) @type
(function_definition declarator: (function_declarator declarator: ${CPP_NAME})) @function
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: ${CPP_NAME}))) @function
(function_definition declarator: (pointer_declarator (pointer_declarator
  declarator: (function_declarator declarator: ${CPP_NAME})))) @function
(function_definition declarator: (reference_declarator (function_declarator declarator: ${CPP_NAME}))) @function
(template_declaration (_ name: (_) @name)) @wrap
(template_declaration (_ declarator: (function_declarator declarator: (_) @name))) @wrap
(template_declaration (_ declarator: (_ (function_declarator declarator: (_) @name)))) @wrap
`;
