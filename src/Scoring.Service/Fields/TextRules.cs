using System.Buffers;
using System.Text.Unicode;
using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Service.Fields;

/// <summary>What ids, names and attributes may look like.</summary>
internal static class TextRules
{
    /// <summary>Longest workspace or model name, in bytes. All names that exist are ASCII.</summary>
    public const int NameOfWorkspaceOrModel = 64;

    private static readonly SearchValues<char> ControlCharacters = SearchValues.Create([
        .. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl),
    ]);

    /// <summary>Checks a text without control characters and turns it into UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="field">The field that it came in.</param>
    /// <param name="maxBytes">Its bound; <paramref name="utf8"/> is at least as long.</param>
    /// <param name="utf8">Where the UTF-8 goes.</param>
    /// <param name="written">Bytes written.</param>
    public static FieldFault? Encode(string text, string field, int maxBytes, Span<byte> utf8, out int written)
    {
        if (text.AsSpan().ContainsAny(ControlCharacters))
        {
            written = 0;
            return new(RejectionReason.FieldInvalid, field, "must not contain control characters");
        }
        return EncodeAny(text, field, maxBytes, utf8, out written);
    }

    /// <summary>Checks a text without control characters.</summary>
    public static FieldFault? Check(string text, string field, int maxBytes)
    {
        Span<byte> utf8 = stackalloc byte[maxBytes];
        return Encode(text, field, maxBytes, utf8, out _);
    }

    /// <summary>Checks a text without control characters that must not be empty.</summary>
    public static FieldFault? CheckRequired(string text, string field, int maxBytes) =>
        text.Length == 0 ? Missing(field) : Check(text, field, maxBytes);

    /// <summary>A required field is empty.</summary>
    public static FieldFault Missing(string field) =>
        new(RejectionReason.FieldMissing, field, "is required and must not be empty");

    /// <summary>Checks a customer's attributes.</summary>
    public static FieldFault? CheckCustomerAttributes(IEnumerable<KeyValuePair<string, string>> attributes)
    {
        foreach (var (key, value) in attributes)
        {
            if (!IsCustomerAttributeKey(key))
            {
                return new(
                    RejectionReason.FieldInvalid,
                    "attributes",
                    $"must have keys of 1 to {Limits.AttributeKeyBytes} letters, digits, '_', '-' or '.', starting with a letter or '_'"
                );
            }
            if (CheckAttributeValue(key, value) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }

    /// <summary>Checks an account's attributes.</summary>
    public static FieldFault? CheckAccountAttributes(IEnumerable<KeyValuePair<string, string>> attributes)
    {
        foreach (var (key, value) in attributes)
        {
            var keyIsGood = key.Length > 0 && Check(key, "attributes", Limits.AttributeKeyBytes) is null;
            if (!keyIsGood)
            {
                return new(
                    RejectionReason.FieldInvalid,
                    "attributes",
                    $"must have keys of 1 to {Limits.AttributeKeyBytes} bytes without control characters"
                );
            }
            if (CheckAttributeValue(key, value) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }

    private static FieldFault? CheckAttributeValue(string key, string value)
    {
        Span<byte> utf8 = stackalloc byte[Limits.AttributeValueBytes];
        var fault = EncodeAny(value, "attributes", Limits.AttributeValueBytes, utf8, out _);
        return fault is null ? null : fault with { Field = $"attributes[{key}]" };
    }

    private static FieldFault? EncodeAny(string text, string field, int maxBytes, Span<byte> utf8, out int written) =>
        Utf8.FromUtf16(text, utf8[..maxBytes], out _, out written, replaceInvalidSequences: false) switch
        {
            OperationStatus.Done => null,
            OperationStatus.DestinationTooSmall => new(
                RejectionReason.FieldTooLong,
                field,
                $"must be at most {maxBytes} bytes of UTF-8"
            ),
            _ => new(RejectionReason.FieldInvalid, field, "must be Unicode text without unpaired surrogates"),
        };

    private static bool IsCustomerAttributeKey(string key) =>
        key.Length is >= 1 and <= Limits.AttributeKeyBytes
        && (char.IsAsciiLetter(key[0]) || key[0] == '_')
        && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
