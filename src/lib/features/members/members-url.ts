export const membersPageSize = 100;
