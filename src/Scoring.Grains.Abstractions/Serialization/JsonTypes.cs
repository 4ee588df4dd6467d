using Orleans.Serialization.Cloning;
using Scoring.Core.Accounts;
using Scoring.Core.Customers;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Segments;

namespace Scoring.Grains.Serialization;

[RegisterConverter, RegisterCopier]
internal sealed class JsonTypes
    : ISentAsJson<AccountDetails>,
        ISentAsJson<AccountHealth>,
        ISentAsJson<CustomerDetails>,
        ISentAsJson<FilterHint>,
        ISentAsJson<NamePruning>,
        ISentAsJson<PrunedNames>,
        ISentAsJson<Rejection>,
        ISentAsJson<SegmentQuery>,
        ISentAsJson<SegmentStatistics>
{
    object? IDeepCopier.DeepCopy(object? input, CopyContext context) => input;
}
