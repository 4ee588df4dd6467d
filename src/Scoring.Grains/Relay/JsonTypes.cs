using Orleans.Serialization.Cloning;
using Scoring.Core.Adjustments;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Segments;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Grains.Serialization;

namespace Scoring.Grains.Relay;

[RegisterConverter, RegisterCopier]
internal sealed class JsonTypes
    : ISentAsJson<AccountChangeQuestion>,
        ISentAsJson<AccountListQuestion>,
        ISentAsJson<AccountQuestion>,
        ISentAsJson<AccountSearch>,
        ISentAsJson<AdjustmentSearch>,
        ISentAsJson<BandLeaverQuestion>,
        ISentAsJson<BandLeaverTally>,
        ISentAsJson<ContrastQuestion>,
        ISentAsJson<CustomerAdjustment>,
        ISentAsJson<EvaluationQuestion>,
        ISentAsJson<EventExportQuestion>,
        ISentAsJson<EventPlace>,
        ISentAsJson<GroupQuestion>,
        ISentAsJson<HostNames>,
        ISentAsJson<ListPart>,
        ISentAsJson<ListQuestion>,
        ISentAsJson<MergedCustomer>,
        ISentAsJson<ModelSource>,
        ISentAsJson<PreviewQuestion>,
        ISentAsJson<ScoringModel>,
        ISentAsJson<PastAccountMatch>,
        ISentAsJson<PastAccountQuestion>,
        ISentAsJson<PastAccountSearch>,
        ISentAsJson<PastMarkQuestion>,
        ISentAsJson<PastMarks>,
        ISentAsJson<PastSegmentQuestion>,
        ISentAsJson<SegmentChangeQuestion>,
        ISentAsJson<SegmentChangeTally>,
        ISentAsJson<SegmentQuestion>
{
    object? IDeepCopier.DeepCopy(object? input, CopyContext context) => input;
}
