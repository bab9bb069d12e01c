import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { byTopic, shareOut, shareOutName } from './share-out.ts';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

/** `shareOut` in the words of the library. */
export const createAssigner: PartitionAssigner = ({ cluster }) => ({
  name: shareOutName,
  version: 0,
  assign: ({ members }) => {
    const subscribers = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: new Set(MemberMetadata.decode(memberMetadata)?.topics),
    }));
    const shares = shareOut(subscribers, (topic) => cluster.findTopicPartitionMetadata(topic).length);
    return Promise.resolve(
      [...shares].map(([memberId, share]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 0,
          assignment: Object.fromEntries(byTopic(share)),
          userData: Buffer.alloc(0),
        }),
      })),
    );
  },
  protocol: ({ topics }) => ({
    name: shareOutName,
    metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
});
