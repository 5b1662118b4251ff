export const honest = [];
